"""Everything about a daily digest that does not depend on a chat platform."""
