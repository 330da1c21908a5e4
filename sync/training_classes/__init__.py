"""Classes that people attend: in a room, live online, blended, workshops, study trips; their rolls."""
