//@todo 1
    auto given = co_await db.execute("update things set owner = $1 where name = $2 and owner = 'shop'", who, what);
    if (!given) co_return std::unexpected{given.error()};
    if (*given != 1) co_return std::unexpected{half::store_error{half::store_error::refused, "it is sold", ""}};
    auto paid = co_await db.execute(
        "update purses set coins = coins - (select price from things where name = $1) where name = $2", what, who);
    if (!paid) {
        (void)co_await db.execute("update things set owner = 'shop' where name = $1", what);
        co_return std::unexpected{paid.error()};
    }
    auto got = co_await db.execute(
        "update purses set coins = coins + (select price from things where name = $1) where name = 'shop'", what);
    if (!got) co_return std::unexpected{got.error()};
    co_return half::stored<>{};
//@end
