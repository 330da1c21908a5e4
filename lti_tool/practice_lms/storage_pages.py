"""The frame that keeps data for tools whose cookies are blocked (LTI Platform Storage 0.1)."""

from urllib.parse import urlsplit

from flask import Blueprint, render_template

from lti_tool.practice_lms.courses import list_tools
from lti_tool.practice_lms.database_file import work
from lti_tool.practice_lms.errors import PageNotFound
from lti_tool.practice_lms.running import running_lms

blueprint = Blueprint("storage", __name__, url_prefix="/lti")


@blueprint.get("/storage")
def show_frame() -> str:
    """An empty page whose script answers lti.put_data and lti.get_data from registered tools only.

    Raises:
        PageNotFound: this product offers no storage.
    """
    running = running_lms()
    if not running.profile.platform_storage:
        raise PageNotFound("LMS này không có kho lưu trữ cho công cụ.")
    with work(running.engine) as connection:
        origins = sorted(
            {
                "{0.scheme}://{0.netloc}".format(urlsplit(uri))
                for tool in list_tools(connection)
                if tool.status == "active"
                for uri in tool.redirect_uris
            }
        )
    return render_template("storage.html", origins=" ".join(origins))
