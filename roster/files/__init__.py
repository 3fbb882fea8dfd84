"""Rosters and the people in them as files: the county folder, spreadsheets, pages, calendars."""
