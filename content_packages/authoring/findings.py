"""What the compiler found wrong, with file and line, in the author's language.

P001 package.yaml unreadable        P002 package.yaml against its schema   P003 outline names nothing
P004 not named in the outline       P005 id used twice                     P006 folder or file not supported
P020 review date passed             P021 legal basis expired
M001 front matter unreadable        M002 front matter against its schema   M003 text before the first section
M004 check names unknown question   M005 link leads nowhere                M006 module without section
M007 end quiz unknown               M008 block misplaced or not closed     M009 check placed twice
Q001 attribute line unreadable      Q002 question against its schema       Q003 question id used twice
Q004 front matter of the bank       Q005 line outside any question         Q010 question without source
Q011 two options alike              Q012 option "all of the above"         Q013 essay cannot be a check
A001 image without text             A002 media file missing                A003 media file of a wrong kind
Z001 quiz unreadable                Z002 quiz against its schema           Z003 quiz id is not its file name
Z004 draw names unknown bank        Z005 pool too small for the draw       Z006 recommends an unknown module
Z007 essay in the pool of a draw
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, order=True)
class Finding:
    """One finding. `path` is relative to the package folder; `line` counts from 1.

    Errors stop the build; warnings (review dates, law that expires, a module nobody sees) do not.
    """

    path: str
    line: int
    code: str
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        word = "lỗi" if self.severity == "error" else "cảnh báo"
        return f"{self.path}:{self.line}: {self.code} {word}: {self.message}"
