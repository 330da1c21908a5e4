"""Why the demo stops.

ToolRefused                     (lti_tool.errors)
└── DemoStopped                 root of this room
    ├── PortTaken               another program listens where a server should
    ├── DataFolderTaken         the data folder was begun with other addresses
    ├── PageNotAsExpected       a page is not what the played person expects
    └── NotCaughtUp             figures or grades did not arrive in time
"""

from lti_tool.errors import ToolRefused


class DemoStopped(ToolRefused):
    """Root of the refusals of this room."""

    code = "demo_stopped"


class PortTaken(DemoStopped):
    """Another program listens where a server of the demo should."""

    code = "demo_port_taken"


class DataFolderTaken(DemoStopped):
    """The data folder was begun with other addresses."""

    code = "demo_data_folder_taken"


class PageNotAsExpected(DemoStopped):
    """A page does not hold what the played person looks for."""

    code = "demo_page_not_as_expected"


class NotCaughtUp(DemoStopped):
    """Figures or grades did not arrive in the time that the demo gives them."""

    code = "demo_not_caught_up"
