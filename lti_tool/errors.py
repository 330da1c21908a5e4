"""Why `lti_tool` refuses something.

RuleBroken                      (xapi_bridge.errors)
└── ToolRefused
    ├── SettingsRefused         (lti_tool.settings)
    ├── SchemaOutOfDate         (lti_tool.database_schema)
    ├── DemoStopped             (lti_tool.demo.errors, drawn there)
    ├── PlatformRefused         (lti_tool.platforms.errors)
    │   ├── PlatformUnknown
    │   ├── PlatformAmbiguous
    │   ├── PlatformFieldRefused
    │   ├── LmsUnreachable
    │   │   ├── LmsAddressForbidden
    │   │   └── LmsAnswerTooLarge
    │   ├── KeySetUnavailable
    │   ├── SigningKeyUnknown
    │   └── AccessTokenRefused
    ├── OperatorRefused         (lti_tool.admin.errors)
    │   ├── OperatorNameMalformed
    │   ├── OperatorNameTaken
    │   ├── OperatorUnitMissing
    │   ├── OperatorNotFound
    │   └── PasswordTooShort
    ├── SignInRefused           (lti_tool.admin.errors)
    │   └── TooManySignIns
    ├── AccessRefused           (lti_tool.admin.errors)
    │   └── NotSignedIn
    └── LaunchRefused           (lti_tool.launch.errors)
        ├── LoginIncomplete
        ├── TargetElsewhere
        ├── PlatformAnsweredError
        ├── LoginStateRefused
        │   ├── LoginUnknown
        │   ├── LoginExpired
        │   ├── LoginAlreadyUsed
        │   └── BrowserNotRecognized
        ├── IdTokenRefused
        │   ├── IdTokenMalformed
        │   ├── AlgorithmNotAllowed
        │   ├── KeyIdMissing
        │   ├── SignatureInvalid
        │   ├── NonceMismatch
        │   ├── IssuerMismatch
        │   ├── AudienceMismatch
        │   ├── AuthorizedPartyMismatch
        │   ├── IdTokenExpired
        │   ├── IdTokenFromFuture
        │   └── IdTokenTooOld
        ├── ClaimRefused
        │   ├── ClaimMissing
        │   ├── ClaimMalformed
        │   ├── VersionUnsupported
        │   ├── MessageTypeUnknown
        │   ├── MessageTypeNotOffered
        │   ├── TargetChanged
        │   └── DeploymentUnknown
        └── ContentChoiceRefused
            ├── ContentNotChosen
            └── ContentNotFound
"""

from xapi_bridge.errors import RuleBroken


class ToolRefused(RuleBroken):
    """Root of the refusals of this package."""

    code = "tool_refused"
