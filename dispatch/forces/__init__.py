"""Stations, units, their status and positions, zones, cover, and the roads as they are now."""
