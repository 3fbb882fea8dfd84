"""Who is on duty where: the crews at an instant."""
