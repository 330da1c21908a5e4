"""What a refusal means in plain words, and the screen of the LMS on which it is put right.

Two tables: stable code -> cause and place, and place -> screen of each product. The names of screens stand in
both languages, because an LMS shows one or the other.
"""

from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString


@dataclass(frozen=True)
class Advice:
    """Why a launch did not open, and where to go.

    Attributes:
        screen: way to the screen in the LMS (or here), and what to do on it.
    """

    cause: LazyString
    screen: LazyString


MOODLE, CANVAS, ANY = "moodle", "canvas", ""

_START_AGAIN: Final = {
    ANY: _l("Không cần sửa cấu hình. Người học quay lại khóa học trên LMS và bấm lại vào bài, chỉ một lần."),
}
_TOOL: Final = {
    MOODLE: _l(
        "Moodle: Quản trị hệ thống > Các plugin > Các mô-đun hoạt động > Công cụ bên ngoài > Quản lý công cụ "
        "(Site administration > Plugins > Activity modules > External tool > Manage tools), biểu tượng cây "
        "bút (bản cũ: bánh răng) của công cụ: LTI version là LTI 1.3, Tool URL, Initiate "
        "login URL, Redirection URI(s), Public keyset đúng như trang Kết nối LMS ở đây."
    ),
    CANVAS: _l(
        "Canvas: Admin > tài khoản gốc > Developer Keys, sửa LTI key của công cụ: Target Link URI, OpenID "
        "Connect Initiation Url, Redirect URIs và JWK Method đúng như trang Kết nối LMS ở đây; key ở trạng "
        "thái On."
    ),
    ANY: _l(
        "Trang cấu hình công cụ LTI 1.3 của LMS: Tool URL (Target link URI), Login URL, Redirect URI và "
        "Public keyset URL đúng như trang Kết nối LMS ở đây."
    ),
}
_IDS: Final = {
    MOODLE: _l(
        "Moodle: Quản lý công cụ (Manage tools), bấm kính lúp (bản cũ: danh sách) ở thẻ công cụ để xem "
        "chi tiết cấu hình (View configuration details): so Platform ID, Client ID, Deployment ID, Public "
        "keyset URL với bản đăng ký trên trang Kết nối LMS ở đây."
    ),
    CANVAS: _l(
        "Canvas: Client ID ở Admin > Developer Keys (số trong cột Details); Deployment ID ở Settings > "
        "Apps > View App Configurations > bánh răng của công cụ > Deployment Id. So với bản đăng ký trên "
        "trang Kết nối LMS ở đây."
    ),
    ANY: _l(
        "Trang chi tiết công cụ trên LMS: so Issuer (Platform ID), Client ID, Deployment ID, Public keyset "
        "URL với bản đăng ký trên trang Kết nối LMS ở đây."
    ),
}
_ACTIVITY: Final = {
    MOODLE: _l(
        "Moodle: trong khóa học bật Chế độ chỉnh sửa (Edit mode), ba chấm của hoạt động > Chỉnh sửa cài đặt "
        "(Edit settings) > Hiển thị thêm (Show more): bấm Select content để chọn lại bài, hoặc ghi "
        "content=mã-gói/m/mã-chuyên-đề vào ô Custom parameters; ô Tool URL để trống hoặc đúng địa chỉ ở đây."
    ),
    CANVAS: _l(
        "Canvas: xóa mục trong Modules rồi thêm lại bằng + > External Tool và chọn bài; hoặc ghi "
        "content=mã-gói/m/mã-chuyên-đề ở Developer Keys > Additional Settings > Custom Fields."
    ),
    ANY: _l(
        "Trang sửa hoạt động (liên kết LTI) trên LMS: chọn lại nội dung, hoặc ghi "
        "content=mã-gói/m/mã-chuyên-đề vào tham số tùy chỉnh (Custom parameters)."
    ),
}
_ROLES: Final = {
    MOODLE: _l(
        "Moodle: trong khóa học > Thành viên (Participants), cột Vai trò (Roles): người này cần vai trò "
        "Giảng viên (Teacher) hoặc một vai trò có quyền mod/lti:manage."
    ),
    CANVAS: _l("Canvas: trong khóa học > People: người này cần vai trò Teacher, TA hoặc Designer."),
    ANY: _l("Danh sách thành viên khóa học trên LMS: người này cần vai trò giảng viên (Instructor)."),
}
_CLOCK: Final = {
    ANY: _l(
        "Máy chủ LMS và máy chủ công cụ: bật đồng bộ giờ (NTP; lệnh timedatectl trên Linux). Nếu chưa "
        "đồng bộ được, tăng CCHC_CLOCK_LEEWAY_SECONDS ở công cụ."
    ),
}
_CONTAINER: Final = {
    MOODLE: _l(
        "Moodle: Quản lý công cụ (Manage tools) > cây bút (bản cũ: bánh răng) của công cụ > Default launch "
        "container chọn New window; hoặc người dùng cho phép cookie của trang này trong trình duyệt."
    ),
    CANVAS: _l(
        "Canvas: ở mục trong Modules chọn Load in a new tab; hoặc người dùng cho phép cookie của trang này "
        "trong trình duyệt."
    ),
    ANY: _l(
        "Cài đặt của công cụ hoặc liên kết trên LMS: chọn mở trong cửa sổ mới (New window); hoặc người dùng "
        "cho phép cookie của trang này trong trình duyệt."
    ),
}
_KEYS: Final = {
    MOODLE: _l(
        "Moodle: mở địa chỉ <Moodle>/mod/lti/certs.php từ máy chủ công cụ, phải thấy JSON có keys; nếu "
        "Moodle ở mạng nội bộ, đặt CCHC_PRIVATE_NETWORKS_ALLOWED=true ở công cụ."
    ),
    CANVAS: _l(
        "Canvas: Public keyset URL là https://sso.canvaslms.com/api/lti/security/jwks (hoặc máy chủ Canvas "
        "của bạn + /api/lti/security/jwks); sửa trong bản đăng ký ở đây nếu khác."
    ),
    ANY: _l(
        "Mở Public keyset URL của LMS từ máy chủ công cụ, phải thấy JSON có keys. Sửa địa chỉ trong bản đăng "
        "ký ở đây nếu khác; LMS ở mạng nội bộ cần CCHC_PRIVATE_NETWORKS_ALLOWED=true."
    ),
}
_LMS_LOGIN: Final = {
    MOODLE: _l(
        "Moodle: người học đăng nhập lại rồi mở bài từ khóa học. Nếu lỗi là unauthorized_client hoặc "
        "invalid_request, so Client ID và Redirection URI(s) ở Quản lý công cụ (Manage tools)."
    ),
    ANY: _l("Người học đăng nhập lại LMS rồi mở bài. Quản trị viên LMS xem mã lỗi trong chi tiết ở trên."),
}
_PARAMETERS: Final = {
    MOODLE: _l(
        "Moodle: Quản lý công cụ (Manage tools) > cây bút (bản cũ: bánh răng) > Custom parameters, và ô "
        "Custom parameters của hoạt động: bỏ bớt dòng, rút ngắn giá trị."
    ),
    ANY: _l("Tham số tùy chỉnh (Custom parameters) của công cụ và hoạt động trên LMS: bỏ bớt, rút ngắn."),
}
_REPORT: Final = {
    ANY: _l(
        "Gửi mã hỗ trợ này cho nhà cung cấp LMS: thông điệp không đúng LTI 1.3; mục kiểm tra bị đánh dấu cho "
        "biết sai ở đâu."
    ),
}
_MENU: Final = {
    MOODLE: _l(
        "Moodle: thêm bài bằng hoạt động External tool trong khóa học, chọn đúng công cụ này; bỏ các loại "
        "thông điệp khác ở Quản lý công cụ (Manage tools)."
    ),
    CANVAS: _l("Canvas: Developer Keys > LTI key > Placements: chỉ bật các vị trí mà công cụ hướng dẫn."),
    ANY: _l("Cấu hình công cụ trên LMS: chỉ bật mở liên kết (resource link), chọn nội dung và xem bài làm."),
}
_REGISTER: Final = {
    MOODLE: _l(
        "Ở đây: trang Kết nối LMS, thêm bản đăng ký với Platform ID và Client ID xem ở Moodle > Quản lý công "
        "cụ (Manage tools) > View configuration details; hoặc bật lại bản đăng ký đang khóa."
    ),
    ANY: _l(
        "Ở đây: trang Kết nối LMS, thêm bản đăng ký với Issuer và Client ID của LMS, hoặc bật lại bản đăng "
        "ký đang khóa."
    ),
}
_OURS: Final = {
    ANY: _l("Không phải lỗi của LMS. Người vận hành công cụ tìm mã hỗ trợ này trong nhật ký máy chủ."),
}

_WINDOW: Final = {
    ANY: _l(
        "Giảng viên chọn lại bài từ trang chọn nội dung (Select content) của hoạt động và đặt lại thời gian "
        "mở, đóng; hoặc người học chờ đến giờ."
    ),
}

_Place = dict[str, LazyString]

#: Stable code -> what it means for people, and the place.
_ADVICE: Final[dict[str, tuple[LazyString, _Place]]] = {
    "login_incomplete": (
        _l("LMS bắt đầu đăng nhập mà thiếu iss, login_hint hoặc target_link_uri, hoặc một trường quá dài."),
        _TOOL,
    ),
    "target_elsewhere": (_l("Địa chỉ mà LMS muốn mở không thuộc công cụ này."), _ACTIVITY),
    "target_changed": (
        _l("Địa chỉ trong thông điệp khác địa chỉ khi bắt đầu đăng nhập: hoạt động vừa bị sửa, hoặc bị giả."),
        _ACTIVITY,
    ),
    "platform_unknown": (_l("Chưa có bản đăng ký nào với Issuer và Client ID này."), _REGISTER),
    "platform_ambiguous": (
        _l("Nhiều bản đăng ký cùng Issuer và LMS không gửi client_id nên không biết dùng bản nào."),
        _TOOL,
    ),
    "platform_answered_error": (_l("LMS từ chối đăng nhập và trả lời bằng mã lỗi."), _LMS_LOGIN),
    "login_unknown": (
        _l("Thông điệp trả lời một lượt đăng nhập mà công cụ không bắt đầu, hoặc đã quá lâu."),
        _START_AGAIN,
    ),
    "login_expired": (_l("Người học đăng nhập LMS lâu hơn mười phút."), _START_AGAIN),
    "login_already_used": (
        _l("Cùng một lượt mở được gửi hai lần: bấm đúp, tải lại trang hoặc nút Quay lại của trình duyệt."),
        _START_AGAIN,
    ),
    "browser_not_recognized": (
        _l("Trình duyệt không giữ cookie trong khung của LMS, hoặc thông điệp đến từ trình duyệt khác."),
        _CONTAINER,
    ),
    "cookies_blocked": (
        _l("Trình duyệt chặn mọi cookie của công cụ, cả khi mở trong cửa sổ riêng."),
        {
            ANY: _l(
                "Trình duyệt của người học: cài đặt Quyền riêng tư > Cookie, cho phép cookie của trang này. "
                "Không có gì để sửa trên LMS."
            )
        },
    ),
    "launch_too_large": (_l("Yêu cầu lớn hơn 256 KiB nên bị từ chối trước khi đọc."), _PARAMETERS),
    "database_trouble": (_l("Cơ sở dữ liệu của công cụ chưa làm được việc này."), _OURS),
    "database_unavailable": (_l("Cơ sở dữ liệu của công cụ không trả lời."), _OURS),
    "database_busy": (_l("Cơ sở dữ liệu của công cụ quá bận."), _OURS),
    "storage_full": (_l("Máy chủ của công cụ hết chỗ lưu."), _OURS),
    "id_token_malformed": (_l("id_token thiếu, quá dài hoặc không đọc được."), _REPORT),
    "algorithm_not_allowed": (
        _l("id_token không ký bằng RS256; có thể là thông điệp giả."),
        _REPORT,
    ),
    "key_id_missing": (_l("id_token không nêu khóa đã ký (kid)."), _REPORT),
    "signature_invalid": (
        _l("Chữ ký không khớp khóa công khai của LMS: sai Public keyset URL, hoặc thông điệp giả."),
        _IDS,
    ),
    "signing_key_unknown": (
        _l("Khóa mà LMS dùng để ký không có trong tập khóa công khai của LMS."),
        _KEYS,
    ),
    "key_set_unavailable": (_l("Không đọc được tập khóa công khai của LMS."), _KEYS),
    "lms_unreachable": (_l("Máy chủ LMS không trả lời kịp."), _KEYS),
    "lms_address_forbidden": (
        _l("Địa chỉ tập khóa ở mạng nội bộ hoặc không dùng https, và công cụ chưa được phép hỏi ở đó."),
        _KEYS,
    ),
    "nonce_mismatch": (
        _l(
            "nonce không phải của lượt đăng nhập này: thông điệp bị dùng lại, bị giả, hoặc LMS làm sai chuẩn."
        ),
        _REPORT,
    ),
    "issuer_mismatch": (_l("Issuer trong thông điệp khác bản đăng ký."), _IDS),
    "audience_mismatch": (_l("Client ID trong thông điệp (aud) khác bản đăng ký."), _IDS),
    "authorized_party_mismatch": (_l("azp khác Client ID của công cụ."), _IDS),
    "id_token_expired": (
        _l("Thông điệp đã hết hạn khi đến: hai đồng hồ lệch nhau, hoặc đường truyền chậm."),
        _CLOCK,
    ),
    "id_token_from_future": (_l("Đồng hồ của LMS chạy trước đồng hồ của công cụ."), _CLOCK),
    "id_token_too_old": (
        _l("Thông điệp được ký hơn mười phút trước: đồng hồ lệch, hoặc bị dùng lại."),
        _CLOCK,
    ),
    "claim_missing": (_l("Thông điệp thiếu một trường bắt buộc của LTI 1.3."), _REPORT),
    "claim_malformed": (
        _l("Một trường của thông điệp sai kiểu hoặc dài quá mức chuẩn cho phép."),
        _REPORT,
    ),
    "claim_refused": (_l("Thông điệp vi phạm một quy tắc của LTI 1.3; chi tiết nêu quy tắc nào."), _REPORT),
    "version_unsupported": (_l("Thông điệp không phải LTI 1.3.0."), _TOOL),
    "message_type_unknown": (_l("Loại thông điệp không thuộc LTI."), _MENU),
    "message_type_not_offered": (_l("LMS yêu cầu một chức năng LTI mà công cụ không có."), _MENU),
    "teaching_role_missing": (
        _l("Chức năng này cần vai trò giảng viên trong khóa học, và LMS không gửi vai trò đó."),
        _ROLES,
    ),
    "deployment_unknown": (_l("Deployment ID trong thông điệp chưa có trong bản đăng ký."), _IDS),
    "content_not_chosen": (_l("Hoạt động trên LMS chưa cho biết mở bài nào."), _ACTIVITY),
    "content_choice_unknown": (_l("Bài mà hoạt động trỏ đến không được xuất bản ở đây."), _ACTIVITY),
    "link_not_open_yet": (_l("Giảng viên đặt thời gian mở, và người học đến sớm hơn."), _WINDOW),
    "link_closed": (_l("Giảng viên đặt thời gian đóng, và người học đến muộn hơn."), _WINDOW),
    "internal_error": (_l("Công cụ gặp lỗi bất ngờ."), _OURS),
}

_UNKNOWN: Final = (_l("Không có giải thích riêng cho mã lỗi này."), _REPORT)


def advise(error_code: str, product_family: str) -> Advice:
    """The advice for a stable code at an LMS of this product; other products get general words."""
    cause, place = _ADVICE.get(error_code, _UNKNOWN)
    return Advice(cause, place.get(product_family, place[ANY]))


def is_advised(error_code: str) -> bool:
    """Whether the code has words of its own."""
    return error_code in _ADVICE
