// A market. Who has how many coins, and who owns what, is in a database.
#pragma once

#include <04_persistence/store.hpp>

#include <string>

// clang-format off
inline const half::migrations market{
    {.version = 1,
     .name    = "the market",
     .up      = {"create table purses (name text primary key, coins bigint not null check (coins >= 0))",
                 "create table things (name text primary key, price bigint not null, owner text not null)"},
     .down    = {"drop table things", "drop table purses"}},
};

// `who` buys `what` from the shop: the thing is theirs, and its price goes from their purse into that of the shop. An
// error when it is not the shop's any more, when the coins do not suffice, and when the database fails.
inline half::task<half::stored<>> buy(half::store db, std::string who, std::string what) {
    //@todo 1 all of it or nothing, whatever goes wrong in between; and nothing is sold twice
    co_return co_await db.transact([=](half::transaction& t) {
        if (t.execute("update things set owner = $1 where name = $2 and owner = 'shop'", who, what) != 1)
            t.give_up("it is sold");
        const auto price = t.query_one<int>("select price from things where name = $1", what).value();
        t.execute("update purses set coins = coins - $1 where name = $2", price, who);
        t.execute("update purses set coins = coins + $1 where name = 'shop'", price);
    });
    //@instead
    // auto price = co_await db.query_one<int>("select price from things where name = $1 and owner = 'shop'", what);
    // if (!price) co_return std::unexpected{price.error()};
    // if (!*price) co_return std::unexpected{half::store_error{half::store_error::refused, "it is sold", ""}};
    //
    // auto given = co_await db.execute("update things set owner = $1 where name = $2", who, what);
    // if (!given) co_return std::unexpected{given.error()};
    // auto paid = co_await db.execute("update purses set coins = coins - $1 where name = $2", **price, who);
    // if (!paid) co_return std::unexpected{paid.error()};
    // auto got = co_await db.execute("update purses set coins = coins + $1 where name = 'shop'", **price);
    // if (!got) co_return std::unexpected{got.error()};
    // co_return half::stored<>{};
    //@end
}
