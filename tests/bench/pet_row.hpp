// The rows of the store benches: 120,000 pets of seven columns, the same for ours and for the limit.
#pragma once

#include "measure.hpp"

namespace bench {

struct pet_row {
    std::int64_t id;
    std::string  name;
    std::int32_t hunger = 50, happy = 50, energy = 50, age = 0;
    bool         alive = true;
};

inline std::vector<pet_row> pet_rows() {
    std::vector<pet_row> all;
    for (std::int64_t i = 1, n = scaled(120'000); i <= n; ++i) all.push_back({.id = i, .name = pet_name(i)});
    return all;
}

// Five seconds later: every row is another one.
inline void grow_older(std::vector<pet_row>& all) {
    for (auto& each : all) each.hunger = (each.hunger + 7) % 100, ++each.age;
}

// A folder of the run's own on the disk, gone when the program ends; who leaves by bench::leave removes it first.
class scratch_folder {
public:
    scratch_folder() {
        if (!mkdtemp(name_)) std::abort();
    }
    ~scratch_folder() { remove(); }
    void remove() const {
        for (const char* end : {"", "-wal", "-shm", ".lock"}) unlink((file() + end).c_str());
        rmdir(name_);
    }
    scratch_folder(const scratch_folder&)            = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;

    std::string file() const { return std::string(name_) + "/pets.db"; }

private:
    char name_[32] = "/var/tmp/half-bench-XXXXXX";
};

}  // namespace bench
