"""One-off jobs, from files to what comes out: coding, the whole run, reports. None of them touches a study."""
