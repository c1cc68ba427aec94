// Rows that a persister could not write before it was stopped, in a file of their own until the next one has written them.
//
// They are older than anything the next persister has to write. So they come first: until they are in the database nothing else
// is written, and nothing is loaded. Between the moment when they are there and the moment when they are out of the file
// nothing newer is written either, so to write them twice, after a kill just then, does no harm.
#pragma once

#include <04_persistence/detail/bulk.hpp>
#include <04_persistence/detail/database.hpp>
#include <04_persistence/store.hpp>

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

namespace half::detail {

// All of it may block, and throws store_failure.
template <class Row>
class spill {
public:
    using key_type = typename table<Row>::key_type;

    spill(std::string path, table<Row> of) : path_{std::move(path)}, of_{std::move(of)} {}

    bool there() const { return !path_.empty() && std::filesystem::exists(path_); }

    // On top of what is there already, which is older.
    void save(const std::vector<Row>& puts, const std::vector<key_type>& erases) const {
        std::vector<key_type> keys;
        keys.reserve(puts.size());
        for (const auto& one : puts) keys.push_back(table<Row>::key(one));
        const open_file file{*this};
        file.all_or_nothing([&](connection& on) {
            erase(on, file.erased(), keys);
            erase(on, file.rows(), erases);
            on.upsert(file.rows(), view_of(puts));
            on.upsert(file.erased(), view_of(erases));
        });
    }

    // Into the database, and out of the file. Rows that the database refuses stay in the file, in a table of their own.
    // Returns what was refused.
    std::vector<upserted::refusal> bring(connection& to) const {
        const open_file  file{*this};
        const auto       puts   = file.template all<Row>(file.rows());
        const auto       erases = file.template all<key_type>(file.erased());
        auto             done   = write_batch(to, of_, erases, puts);
        std::vector<Row> refused;
        refused.reserve(done.put.refused.size());
        for (const auto& each : done.put.refused) refused.push_back(puts[each.row]);
        file.all_or_nothing([&](connection& on) {
            on.upsert(file.refused(), view_of(refused));
            on.run_once(fmt::format(R"(delete from "{}")", file.rows_name));
            on.run_once(fmt::format(R"(delete from "{}")", file.erased_name));
        });
        std::ranges::move(done.erased.refused, std::back_inserter(done.put.refused));
        return std::move(done.put.refused);
    }

private:
    struct open_file {
        explicit open_file(const spill& s)
            : columns{s.of_.columns},
              data{sqlite_file(s.path_, {.safe_from_power_cuts = true})},
              on{data->open(true)},
              rows_name{s.of_.name},
              erased_name{rows_name + "_erased"},
              refused_name{rows_name + "_refused"} {
            // No types: each value is kept as what it is.
            for (const auto& each : {rows(), erased(), refused()})
                on->run_once(fmt::format(R"(create table if not exists "{}" ("{}", primary key ("{}")))", each.name,
                                         fmt::join(each.columns, R"(", ")"), each.columns[0]));
        }

        table_view rows() const { return {rows_name, columns, {}}; }
        table_view refused() const { return {refused_name, columns, {}}; }
        table_view erased() const { return {erased_name, std::span{columns}.first(1), {}}; }

        template <class F>
        void all_or_nothing(F f) const {
            as_transaction(*on, transaction_kind::plain, [&] { f(*on); });
        }
        template <class T>
        std::vector<T> all(const table_view& from) const {
            return read_rows<T>(*on, select_from(from, ""), {}, SIZE_MAX);
        }

        std::array<std::string_view, table<Row>::width> columns;
        std::shared_ptr<database>                       data;
        std::unique_ptr<connection>                     on;
        std::string                                     rows_name, erased_name, refused_name;
    };

    static void erase(connection& on, const table_view& from, const std::vector<key_type>& keys) {
        erase_of(on, from, view_of(keys)).write(0, keys.size());
    }

    std::string path_;
    table<Row>  of_;
};

}  // namespace half::detail
