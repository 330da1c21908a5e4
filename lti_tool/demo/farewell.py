"""What the demo leaves behind: the addresses to look at."""

import sys
from pathlib import Path

from lti_tool.demo.history import LrsKey
from lti_tool.demo.people import OFFICIALS
from lti_tool.demo.preparing import ADMINISTRATOR, ANALYST, LMS_ADMINISTRATOR, TEACHER
from lti_tool.demo.running import House


def address_list(house: House, key: LrsKey) -> str:
    """The list of addresses, with what is needed to enter each."""
    tool, lms, kept = house.installation.tool_url, house.installation.lms_url, house.installation
    learner = OFFICIALS[0].full_name
    teacher = f"{TEACHER.family_name} {TEACHER.given_name}"
    lms_administrator = f"{LMS_ADMINISTRATOR.family_name} {LMS_ADMINISTRATOR.given_name}"
    rows = (
        ("Trang học viên", f"{lms}/", f"chọn {learner}, mở khóa học rồi mở một bài"),
        ("Trang giáo viên", f"{lms}/", f"chọn {teacher}: xem trước bài học như giảng viên, xem Sổ điểm"),
        (
            "Trang quản trị LMS thực hành",
            f"{lms}/",
            f"chọn {lms_administrator}: đăng ký công cụ tự động hoặc thủ công, kích hoạt, đổi khóa",
        ),
        (
            "Hỏi đáp công khai",
            f"{tool}/hoi-dap",
            "không cần đăng nhập; trong bài học có mục Hỏi đáp để hỏi cả chuyên gia",
        ),
        (
            "Thống kê, xem sâu dần",
            f"{tool}/thong-ke/",
            f"người dùng {ANALYST}, mật khẩu {kept.analyst_password}",
        ),
        (
            "Quản trị",
            f"{tool}/quan-tri/",
            f"người dùng {ADMINISTRATOR}, mật khẩu {kept.administrator_password}",
        ),
    )
    lines = ["", "Xong. Mở bằng trình duyệt:", ""]
    for name, address, how in rows:
        lines += [f"  {name}", f"    {address}", f"    ({how})"]
    lines += [
        "",
        f"Kho bản ghi xAPI ở {tool}/xapi/, đọc bằng khóa chỉ đọc của người phân tích:",
        "",
        f"  {_curl_line(tool, key)}",
        "",
        "Đối chiếu số liệu với bản ghi gốc:",
        "",
        f"  CCHC_DATA_DIR={house.data_dir} {_command()} rollups verify",
        "",
    ]
    return "\n".join(lines)


def _command() -> str:
    """How this program was called; a newcomer has it in `.venv/bin` and not on the path."""
    return sys.argv[0] if Path(sys.argv[0]).name == "cchc" else "cchc"


def _curl_line(tool_url: str, key: LrsKey) -> str:
    return (
        f"curl -u '{key.key}:{key.secret}' -H 'X-Experience-API-Version: 1.0.3' "
        f"'{tool_url}/xapi/statements?limit=5'"
    )
