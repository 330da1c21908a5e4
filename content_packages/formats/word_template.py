"""The Word file that authors fill in: two worked questions, as `word_in` reads them. Pure."""

import io

from docx import Document
from docx.shared import Pt

_GUIDE = (
    "Xóa các câu mẫu rồi ghi câu hỏi của bạn. Mỗi câu bắt đầu bằng “Câu 1.”, mỗi phương án bằng “A.”.",
    "Đáp án ghi ở dòng “Đáp án:”, hoặc đánh dấu * ngay sau chữ cái (B.*). Nhiều đáp án: “Đáp án: A, C”.",
    "Có thể thêm các dòng “Phản hồi A:”, “Giải thích:”, “Nguồn:”, “Mức độ:” như trong câu mẫu.",
    "Các dòng hướng dẫn này đứng trước câu đầu tiên nên không được đọc.",
)
_SAMPLES = (
    "Câu 1 [nhận biết]. Chương trình tổng thể cải cách hành chính giai đoạn 2021-2030 có mấy nội dung?",
    "A. Bốn",
    "B. Sáu",
    "C. Tám",
    "Đáp án: B",
    "Phản hồi A: Còn thiếu hai nội dung.",
    "Giải thích: Thể chế; thủ tục; bộ máy; công vụ; tài chính công; Chính phủ điện tử, Chính phủ số.",
    "Nguồn: 76/NQ-CP",
    "Câu 2. Cơ quan thường trực cải cách hành chính của Chính phủ là bộ nào?",
    "Đáp án: Bộ Nội vụ | BNV",
    "Nguồn: 76/NQ-CP",
)


def write_word_template() -> bytes:
    """The .docx."""
    document = Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(13)
    document.core_properties.language = "vi"
    for text in _GUIDE:
        document.add_paragraph().add_run(text).italic = True
    for text in _SAMPLES:
        document.add_paragraph(text)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
