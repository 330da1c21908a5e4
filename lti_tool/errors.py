"""Why `lti_tool` refuses something.

RuleBroken                      (xapi_bridge.errors)
└── ToolRefused
    ├── SettingsRefused         (lti_tool.settings)
    ├── SchemaOutOfDate         (lti_tool.database_schema)
    ├── DatabaseTrouble         (lti_tool.database_troubles)
    │   ├── DatabaseUnavailable
    │   ├── DatabaseBusy
    │   └── StorageFull
    ├── SearchRefused           (lti_tool.asking.errors)
    │   ├── SearchUnreadable
    │   ├── PublicSearchOff
    │   └── TooManySearches
    ├── DemoStopped             (lti_tool.demo.errors, drawn there)
    ├── PlatformRefused         (lti_tool.platforms.errors)
    │   ├── PlatformUnknown
    │   ├── PlatformAmbiguous
    │   ├── PlatformFieldRefused
    │   ├── RegistrationTaken
    │   ├── PlatformInUse
    │   ├── DeploymentNotFound
    │   ├── InvitationRefused
    │   │   ├── InvitationUnknown
    │   │   ├── InvitationExpired
    │   │   ├── InvitationUsed
    │   │   ├── InvitationBusy
    │   │   └── InvitationFieldRefused
    │   ├── RegistrationRefused
    │   │   ├── RegistrationRequestIncomplete
    │   │   ├── OpenidConfigurationRefused
    │   │   ├── IssuerHostMismatch
    │   │   └── LmsRefusedRegistration
    │   ├── KeyRefused
    │   │   ├── KeyNotFound
    │   │   ├── RotationUnderWay
    │   │   └── KeyWaitNotOver
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
    │   ├── PasswordTooShort
    │   ├── PasswordTooLong
    │   ├── LastAdministrator
    │   ├── SecondFactorRequired
    │   └── UnitNotClear
    ├── SignInRefused           (lti_tool.admin.errors)
    │   ├── TooManySignIns
    │   ├── CodeRefused
    │   └── SingleSignOnRefused
    │       ├── IssuerUnavailable
    │       └── NoAccountHere
    ├── AccessRefused           (lti_tool.admin.errors)
    │   ├── NotSignedIn
    │   └── ConfirmationNeeded
    ├── LaunchAttemptUnknown    (lti_tool.admin.errors)
    ├── DeepLinkingRefused      (lti_tool.deep_linking.errors)
    │   ├── ChoiceUnknown
    │   ├── ChoiceExpired
    │   ├── ChoiceAnswered
    │   └── BasketRefused
    │       ├── BasketEmpty
    │       ├── BasketFull
    │       └── ContentNotOffered
    ├── LinkWindowRefused       (lti_tool.deep_linking.errors)
    │   ├── LinkNotOpenYet
    │   └── LinkClosed
    ├── IdentityRefused         (lti_tool.identity.errors)
    │   ├── RulesMalformed
    │   ├── RuleVersionUnknown
    │   └── RulesChangedMeanwhile
    └── LaunchRefused           (lti_tool.launch.errors)
        ├── LoginIncomplete
        ├── LaunchTooLarge
        ├── TargetElsewhere
        ├── PlatformAnsweredError
        ├── LoginStateRefused
        │   ├── LoginUnknown
        │   ├── LoginExpired
        │   ├── LoginAlreadyUsed
        │   └── BrowserNotRecognized
        │       └── CookiesBlocked
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
        │   ├── TeachingRoleMissing
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
