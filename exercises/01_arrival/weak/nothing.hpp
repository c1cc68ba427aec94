//@todo 1

//@end
