"""When it is time: slots, and the planner that turns due slots into runs."""
