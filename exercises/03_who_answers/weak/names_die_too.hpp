//@todo 2
inline const std::string by_the_name = "nobody";
//@end
