#include <01_gen_server/detail/engine.hpp>
#include <04_persistence/detail/connector.hpp>
#include <04_persistence/detail/migrating.hpp>
#include <04_persistence/detail/store_core.hpp>

namespace half::detail {

namespace {

std::unique_ptr<connection> open_one(store_core& core, access how, bool first) {
    auto made = core.data->open(how == access::writes);
    if (first && !core.options.schema.empty()) migrate_on(*made, core.options.schema, newest);
    return made;
}

struct closing final : blocking_job {
    std::vector<std::shared_ptr<connection>> all;

    explicit closing(std::vector<std::shared_ptr<connection>> a) : all{std::move(a)} {}
    void run() override { all.clear(); }
    void answer() override {}
};

}  // namespace

task<> connector::init(self<connector> me) {
    connection_pool::attempted attempt{seat, nullptr};
    try {
        attempt.came_to =
            co_await blocking([core = core, how = how, first = first] { return open_one(*core, how, first); });
    } catch (const store_failure& failed) {
        attempt.came_to = std::unexpected{failed.error};
    } catch (const std::exception& failed) {
        attempt.came_to = std::unexpected{store_error{store_error::unavailable, failed.what(), {}}};
    }
    pool.cast(std::move(attempt));
    me.stop();
}

void close_elsewhere(engine& home, std::vector<std::shared_ptr<connection>> all) noexcept {
    if (all.empty()) return;
    try {
        submit(home, std::make_shared<closing>(std::move(all)));
    } catch (const blocking_pool_full&) {  // then here, for once
    }
}

}  // namespace half::detail
