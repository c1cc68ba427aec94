#include <02_second/second.hpp>

#include <boost/beast/http.hpp>
#include <openssl/evp.h>
