"""What the compiler found wrong, with file and line, in the author's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["error", "warning"]

#: Code -> the rule that was broken. `make reference` prints them as docs/lint-codes.md.
CODES: Final[Mapping[str, str]] = {
    "P001": "package.yaml đọc được",
    "P002": "package.yaml đúng lược đồ",
    "P003": "outline chỉ nêu những gì có trong gói",
    "P004": "mọi chuyên đề, bài kiểm tra, phiếu khảo sát đều có trong outline",
    "P005": "mã không dùng hai lần",
    "P006": "chỉ có những tệp và thư mục mà định dạng quy định",
    "P020": "chưa quá ngày rà soát (review_by)",
    "P021": "văn bản được dẫn còn hiệu lực",
    "P030": "extends và mục package trong outline đi cùng nhau",
    "P031": "gói gốc hợp với extends",
    "P032": "gói bổ sung không dùng lại mã của gói gốc",
    "L001": "nguồn là một văn bản của legal_basis hoặc sources",
    "L002": "ngày ban hành, hiệu lực, hết hiệu lực theo thứ tự",
    "L003": "mỗi văn bản ghi một lần",
    "M001": "phần đầu module.md đọc được",
    "M002": "phần đầu module.md đúng lược đồ",
    "M003": "không có chữ trước mục đầu tiên",
    "M004": "kiểm tra xen kẽ dùng câu hỏi có thật",
    "M005": "liên kết dẫn tới nơi có thật",
    "M006": "chuyên đề có mục, mục có tên",
    "M007": "bài kiểm tra cuối chuyên đề có thật",
    "M008": "khối ::: đặt đúng chỗ và được đóng",
    "M009": "mỗi câu hỏi xen kẽ đặt một lần",
    "Q001": "dòng thuộc tính đọc được",
    "Q002": "câu hỏi đúng lược đồ",
    "Q003": "mã câu hỏi không dùng hai lần",
    "Q004": "phần đầu ngân hàng câu hỏi đúng lược đồ",
    "Q005": "mọi dòng thuộc về một câu hỏi",
    "Q010": "câu hỏi có nguồn",
    "Q011": "các phương án khác nhau",
    "Q012": "không có phương án kiểu “tất cả các phương án trên”",
    "Q013": "kiểm tra xen kẽ chấm được tự động",
    "Q014": "tình huống có mã và nội dung, mã không dùng hai lần",
    "Q015": "ô trống của đề và đáp án khớp nhau",
    "Q016": "câu hỏi dùng tình huống có thật trong cùng tệp",
    "Q017": "mỗi tình huống có ít nhất hai câu hỏi",
    "K001": "vị trí đáp án đúng không theo thói quen",
    "K002": "đáp án đúng không thường xuyên dài nhất",
    "K003": "đáp án đúng không dài hơn hẳn các phương án khác",
    "K004": "đề không trùng nhau",
    "K005": "đề không gần giống nhau",
    "K006": "đáp án không nằm sẵn trong đề",
    "K007": "mọi phương án có lời phản hồi",
    "K008": "ngân hàng có đủ số câu",
    "K009": "ngân hàng có đủ câu tình huống",
    "K010": "từ phủ định trong đề được nhấn mạnh",
    "K011": "đáp án đúng không thường xuyên ngắn nhất",
    "H001": "phần đầu tệp hỏi đáp đúng lược đồ",
    "H002": "mục hỏi đáp đúng lược đồ",
    "H003": "mã mục hỏi đáp không dùng hai lần",
    "H004": "dòng thuộc tính của mục hỏi đáp đọc được",
    "H005": "mục hỏi đáp có câu hỏi, dòng “---” và câu trả lời",
    "H010": "câu trả lời có nguồn",
    "V001": "phiếu khảo sát đọc được",
    "V002": "phiếu khảo sát đúng lược đồ",
    "V003": "mã phiếu khảo sát là tên tệp",
    "V004": "mã câu trong phiếu không dùng hai lần",
    "A001": "hình có lời thay thế",
    "A002": "tệp hình, video có trong media/",
    "A003": "tệp hình, video đúng loại và không quá lớn",
    "Z001": "bài kiểm tra đọc được",
    "Z002": "bài kiểm tra đúng lược đồ",
    "Z003": "mã bài kiểm tra là tên tệp",
    "Z004": "ngân hàng được rút có thật",
    "Z005": "đủ câu hỏi khác nhau để rút",
    "Z006": "chuyên đề được gợi ý có thật",
    "Z007": "câu tự luận chỉ được rút khi nói rõ",
    "Z008": "bài đầu vào và bài đầu ra thành cặp",
    "Z009": "còn đủ câu hỏi khi văn bản hết hiệu lực",
    "T001": "bản dịch nằm đúng đường dẫn của tệp gốc",
    "T002": "bản dịch đọc được và đúng lược đồ",
    "T003": "bản dịch chỉ gồm những mã có trong bản gốc",
    "T004": "bản dịch giữ nguyên số mục, số phương án và đáp án",
    "F001": "tệp đúng định dạng (cchc content lint --fix)",
}


@dataclass(frozen=True, order=True)
class Finding:
    """One finding. `path` is relative to the package folder; `line` counts from 1.

    Errors stop the build; warnings (review dates, law that expires, a module nobody sees) do not.
    """

    path: str
    line: int
    code: str
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        word = "lỗi" if self.severity == "error" else "cảnh báo"
        return f"{self.path}:{self.line}: {self.code} {word}: {self.message}"
