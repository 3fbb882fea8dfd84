"""The running service: alarms in, the right units chosen by road, the order on their devices."""
