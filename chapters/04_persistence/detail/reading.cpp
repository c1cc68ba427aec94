#include <04_persistence/detail/reading.hpp>

#include <fmt/ranges.h>

namespace half::detail {

void expect_width(const cursor& from, std::size_t width) {
    if (std::size_t(from.columns()) == width) return;
    throw store_failure{
        {store_error::mismatch, fmt::format("the query has {} columns, and the struct {}", from.columns(), width), {}}};
}

void too_many_rows(std::size_t at_most) {
    throw store_failure{{store_error::too_much, fmt::format("there are more than {} rows", at_most), {}}};
}

std::string select_from(const table_view& from, std::string_view rest) {
    return fmt::format(R"(select "{}" from "{}"{}{})", fmt::join(from.columns, R"(", ")"), from.name,
                       rest.empty() ? "" : " ", rest);
}

}  // namespace half::detail
