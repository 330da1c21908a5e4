"""Who a learner is: rules per registration read staff code and unit from a launch, tried before saved."""
