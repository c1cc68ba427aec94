//@todo 1
inline const std::string by_the_ref = "1";
//@end
