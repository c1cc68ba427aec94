# Everything that is not ours, found here and nowhere else. docs/dependencies.md says why each is there.
find_package(Boost 1.81 REQUIRED GLOBAL)
find_package(fmt REQUIRED GLOBAL)
find_package(GTest REQUIRED GLOBAL)
find_package(Threads REQUIRED GLOBAL)

# Asio's own code, compiled once for the whole house instead of once in every file that includes it.
add_library(half_boost STATIC ${CMAKE_CURRENT_LIST_DIR}/asio.cpp)
target_compile_definitions(half_boost PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(half_boost PUBLIC half_flags Boost::headers Threads::Threads)

# One main() for all tests.
add_library(half_test_main INTERFACE)
target_link_libraries(half_test_main INTERFACE GTest::gtest_main GTest::gmock)
