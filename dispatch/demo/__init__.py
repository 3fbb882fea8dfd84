"""The whole job on one screen: a real service, a simulated team on every device, a scripted night, a report."""
