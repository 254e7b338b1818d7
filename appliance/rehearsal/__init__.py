"""Walking a visit without a student: the cast of the demo, and what rehearsals need."""
