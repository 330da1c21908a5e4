"""Words of Activity Streams 1.0 that we use (http://activitystrea.ms/schema/1.0/)."""

ARTICLE = "http://activitystrea.ms/schema/1.0/article"
