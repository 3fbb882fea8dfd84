"""What would have happened: a virtual clock, invented alarms, the service's own rules, and reports on the times."""
