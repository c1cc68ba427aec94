// Calls half::one().
