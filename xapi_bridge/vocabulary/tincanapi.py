"""Words of the Tin Can registry that we use (http://id.tincanapi.com/): rating."""

RATED = "http://id.tincanapi.com/verb/rated"
