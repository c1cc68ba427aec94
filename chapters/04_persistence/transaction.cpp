#include <04_persistence/transaction.hpp>

namespace half {

void transaction::give_up(std::string reason) {
    failed_ = {store_error::refused, std::move(reason), {}};
    throw store_failure{*failed_};
}

void transaction::or_throw() const {
    if (failed_) throw store_failure{*failed_};
}

}  // namespace half
