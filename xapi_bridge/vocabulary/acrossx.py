"""Words of the AcrossX vocabulary that we use (https://w3id.org/xapi/acrossx/): searching."""

SEARCHED = "https://w3id.org/xapi/acrossx/verbs/searched"
SEARCH_ENGINE = "https://w3id.org/xapi/acrossx/activities/search-engine"
