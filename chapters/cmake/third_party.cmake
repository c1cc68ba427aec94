# Everything that is not ours, found here and nowhere else. docs/dependencies.md says why each is there.
find_package(Boost 1.81 REQUIRED GLOBAL)
find_package(fmt REQUIRED GLOBAL)
find_package(GTest REQUIRED GLOBAL)
find_package(PostgreSQL REQUIRED GLOBAL)  # libpq: what libpqxx stands on, and the bench beside it
find_package(SQLite3 REQUIRED GLOBAL)
find_package(Threads REQUIRED GLOBAL)

# libpqxx 6 has no package file for CMake.
find_path(HALF_PQXX_INCLUDE pqxx/pqxx REQUIRED)
find_library(HALF_PQXX_LIBRARY pqxx REQUIRED)
mark_as_advanced(HALF_PQXX_INCLUDE HALF_PQXX_LIBRARY)
add_library(half_pqxx INTERFACE)
target_include_directories(half_pqxx SYSTEM INTERFACE ${HALF_PQXX_INCLUDE})
target_link_libraries(half_pqxx INTERFACE ${HALF_PQXX_LIBRARY})

# Asio's own code, compiled once for the whole house instead of once in every file that includes it.
add_library(half_boost STATIC ${CMAKE_CURRENT_LIST_DIR}/asio.cpp)
target_compile_definitions(half_boost PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(half_boost PUBLIC half_flags Boost::headers Threads::Threads)

# One main() for all tests.
add_library(half_test_main INTERFACE)
target_link_libraries(half_test_main INTERFACE GTest::gtest_main GTest::gmock)
