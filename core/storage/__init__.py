"""Keeping things: tables, repositories, migrations."""
