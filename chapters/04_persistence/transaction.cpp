#include <04_persistence/detail/bulk.hpp>
#include <04_persistence/transaction.hpp>

namespace half {

void transaction::give_up(std::string reason) {
    failed_ = {store_error::refused, std::move(reason), {}};
    throw store_failure{*failed_};
}

void transaction::or_throw() const {
    if (failed_) throw store_failure{*failed_};
}

upserted transaction::upsert(const detail::table_view& into, const detail::rows_view& rows) {
    return attempt([&] { return detail::write_in_halves(*on_, rows.count, detail::upsert_of(*on_, into, rows)); });
}

upserted transaction::erase(const detail::table_view& from, const detail::rows_view& keys) {
    return attempt([&] { return detail::write_in_halves(*on_, keys.count, detail::erase_of(*on_, from, keys)); });
}

}  // namespace half
