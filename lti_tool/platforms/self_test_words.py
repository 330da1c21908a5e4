"""What a person reads about each step of a self-test: the question, what was found, and the next step."""

from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from lti_tool.platforms.asked_words import SCOPE_WORDS
from lti_tool.platforms.self_test_steps import Outcome, Step

#: Outcome -> badge and word.
OUTCOME_WORDS: Final = {
    Outcome.PASS: ("good", _l("Đạt")),
    Outcome.WARN: ("warn", _l("Cần xem")),
    Outcome.FAIL: ("bad", _l("Không đạt")),
}

_QUESTIONS: Final = {
    "key_set": _l("Khóa công khai của LMS"),
    "token": _l("Quyền"),
    "clock": _l("Đồng hồ hai máy chủ"),
    "our_address": _l("Địa chỉ công khai của công cụ"),
    "our_key_set": _l("Khóa công khai của công cụ"),
    "certificate": _l("Chứng thư TLS của công cụ"),
    "deployments": _l("Deployment ID"),
    "last_launch": _l("Lượt mở gần nhất"),
    "cookies": _l("Cookie trong khung của LMS"),
}

_NOTHING: Final = ""
#: (question, reason) -> what was found, and what to do; "" where nothing is to be done.
_FOUND: Final[dict[tuple[str, str], tuple[LazyString, LazyString | str]]] = {
    ("key_set", "usable"): (_l("Đọc được, có khóa dùng được."), _NOTHING),
    ("key_set", "unreachable"): (
        _l("Không đọc được."),
        _l("Kiểm tra Public keyset URL trong bản đăng ký và đường mạng từ máy chủ công cụ đến LMS."),
    ),
    ("key_set", "no_usable_key"): (
        _l("Không có khóa nào dùng được để xác minh thông điệp."),
        _l("Quản trị viên LMS tạo khóa RSA 2048 bit trở lên, có kid, dùng thuật toán RS256."),
    ),
    ("key_set", "some_keys_odd"): (
        _l("Có khóa dùng được, nhưng có khóa thiếu thông tin hoặc không dùng được."),
        _l("Chưa cần sửa khi bài học vẫn mở được."),
    ),
    ("token", "granted"): (_l("LMS cấp quyền này."), _NOTHING),
    ("token", "denied"): (
        _l("LMS không cấp quyền này."),
        _l("Bật dịch vụ tương ứng trong cấu hình công cụ trên LMS (Moodle: mục Services)."),
    ),
    ("token", "refused"): (
        _l("LMS từ chối cấp quyền."),
        _l(
            "Kiểm tra Client ID, Access token URL; công cụ đã được kích hoạt trên LMS; khóa của công cụ "
            "đọc được."
        ),
    ),
    ("token", "key_set_unread"): (
        _l("LMS không đọc được khóa công khai của công cụ."),
        _l(
            "Trên Moodle: Site administration, Security, HTTP security: bỏ máy chủ công cụ khỏi cURL "
            "blocked hosts "
            "và thêm cổng vào cURL allowed ports; bài học vẫn mở được nhưng điểm không gửi được."
        ),
    ),
    ("token", "unreachable"): (
        _l("Không gọi được địa chỉ cấp quyền."),
        _l("Kiểm tra Access token URL và đường mạng từ máy chủ công cụ đến LMS."),
    ),
    ("clock", "right"): (_l("Khớp nhau."), _NOTHING),
    ("clock", "off"): (
        _l("Lệch, còn trong mức cho phép."),
        _l("Đồng bộ giờ (NTP) cho cả hai máy chủ trước khi lệch thêm."),
    ),
    ("clock", "too_far"): (
        _l("Lệch quá mức cho phép; thông điệp và quyền sẽ bị từ chối."),
        _l("Đồng bộ giờ (NTP) cho cả hai máy chủ."),
    ),
    ("clock", "unknown"): (_l("Chưa đo được."), _l("Sửa các bước trên rồi kiểm tra lại.")),
    ("our_address", "ours"): (_l("Dẫn đến đúng bản cài đặt này."), _NOTHING),
    ("our_address", "private"): (
        _l("Từ máy chủ này, tên công khai dẫn vào mạng nội bộ nên chưa kiểm tra được."),
        _l("Mở địa chỉ công khai từ một máy bên ngoài. Mạng nội bộ: đặt CCHC_PRIVATE_NETWORKS_ALLOWED=true."),
    ),
    ("our_address", "not_https"): (
        _l("Địa chỉ công khai không dùng https."),
        _l(
            "Ngoài mạng nội bộ, đặt CCHC_TOOL_URL là địa chỉ https. Mạng nội bộ: đặt "
            "CCHC_PRIVATE_NETWORKS_ALLOWED=true rồi kiểm tra lại."
        ),
    ),
    ("our_address", "unreachable"): (
        _l("Không mở được từ máy chủ này."),
        _l("Kiểm tra CCHC_TOOL_URL, tên miền, máy chủ ủy quyền (proxy) và tường lửa."),
    ),
    ("our_address", "another_server"): (
        _l("Một máy chủ khác trả lời ở địa chỉ này."),
        _l("Kiểm tra CCHC_TOOL_URL và cấu hình của máy chủ ủy quyền (proxy)."),
    ),
    ("our_address", "another_installation"): (
        _l("Một bản cài đặt khác của công cụ trả lời."),
        _l("Các tiến trình cần chung CCHC_SECRET_KEY; kiểm tra proxy dẫn đến đúng máy."),
    ),
    ("our_address", "proxy_hides"): (
        _l("Proxy không cho biết địa chỉ mà trình duyệt dùng."),
        _l("Đặt CCHC_TRUSTED_PROXIES bằng số proxy và cho proxy gửi X-Forwarded-Proto, X-Forwarded-Host."),
    ),
    ("our_key_set", "readable"): (_l("Đọc được, mỗi khóa đủ kid, alg, use."), _NOTHING),
    ("our_key_set", "private"): (
        _l("Từ máy chủ này, tên công khai dẫn vào mạng nội bộ nên chưa kiểm tra được."),
        _l("Mở địa chỉ khóa công khai từ máy chủ LMS."),
    ),
    ("our_key_set", "not_https"): (
        _l("Địa chỉ công khai không dùng https."),
        _l("Sửa như địa chỉ công khai ở trên."),
    ),
    ("our_key_set", "unreachable"): (
        _l("Không đọc được qua địa chỉ công khai."),
        _l("LMS cũng sẽ không đọc được: sửa như địa chỉ công khai ở trên."),
    ),
    ("our_key_set", "unreadable"): (
        _l("Câu trả lời không phải là bộ khóa đầy đủ."),
        _l("Kiểm tra proxy có trả trang khác thay cho /lti/jwks.json."),
    ),
    ("certificate", "valid"): (_l("Còn hạn."), _NOTHING),
    ("certificate", "ends_soon"): (_l("Sắp hết hạn."), _l("Gia hạn chứng thư.")),
    ("certificate", "expired"): (_l("Đã hết hạn."), _l("Thay chứng thư ngay.")),
    ("certificate", "invalid"): (
        _l("Không hợp lệ hoặc không kết nối được."),
        _l("Cài chứng thư đúng tên miền, đủ chuỗi, do tổ chức được tin cậy cấp."),
    ),
    ("deployments", "launched"): (_l("Mọi Deployment ID đã có bài được mở."), _NOTHING),
    ("deployments", "none"): (
        _l("Bản đăng ký chưa có Deployment ID nào, nên không bài nào mở được."),
        _l("Thêm Deployment ID ở mục bên dưới (Moodle: View configuration details)."),
    ),
    ("deployments", "never_launched"): (
        _l("Chưa có bài nào được mở."),
        _l("Mở thử một bài từ khóa học trên LMS."),
    ),
    ("deployments", "some_never_launched"): (
        _l("Có Deployment ID chưa từng mở bài."),
        _l("Nếu không còn dùng, bỏ Deployment ID đó."),
    ),
    ("last_launch", "opened"): (_l("Mở được."), _NOTHING),
    ("last_launch", "refused"): (
        _l("Bị từ chối."),
        _l("Nhập mã hỗ trợ ở trang Lượt mở từ LMS để xem chỗ cần sửa."),
    ),
    ("last_launch", "none"): (_l("Chưa có trong 30 ngày qua."), _l("Mở thử một bài từ khóa học trên LMS.")),
    ("cookies", "kept"): (_l("Trình duyệt giữ được cookie hoặc đã có cách khác."), _NOTHING),
    ("cookies", "some_blocked"): (
        _l("Một số lượt bị trình duyệt chặn cookie."),
        _l("Trên LMS, chọn mở công cụ trong cửa sổ mới (Moodle: Launch container, New window)."),
    ),
    ("cookies", "blocked"): (
        _l("Mọi lượt đều bị trình duyệt chặn cookie."),
        _l("Trên LMS, chọn mở công cụ trong cửa sổ mới (Moodle: Launch container, New window)."),
    ),
    ("cookies", "unknown"): (
        _l("Chưa có lượt mở nào để đo."),
        _l("Mở thử một bài trong khung của LMS, rồi kiểm tra lại."),
    ),
}


@dataclass(frozen=True)
class Told:
    """One step as a page shows it."""

    question: str
    badge: str
    outcome: LazyString
    found: LazyString
    next_step: LazyString | str
    seen: str
    lms_words: str


def tell(step: Step) -> Told:
    """The words of a step."""
    name, _, scope = step.name.partition(":")
    badge, outcome = OUTCOME_WORDS[step.outcome]
    found, next_step = _FOUND[name, step.reason]
    question = f"{_QUESTIONS[name]}: {SCOPE_WORDS[scope][0]}" if scope else str(_QUESTIONS[name])
    return Told(question, badge, outcome, found, next_step, step.seen, step.lms_words)
