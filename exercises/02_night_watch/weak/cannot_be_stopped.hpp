//@todo 2

//@end
