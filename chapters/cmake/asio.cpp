// The one place where Asio's non-template code is compiled: see half_boost in third_party.cmake.
#include <boost/asio/impl/src.hpp>
