//@todo 1
    auto price = co_await db.query_one<int>("select price from things where name = $1 and owner = 'shop'", what);
    if (!price) co_return std::unexpected{price.error()};
    if (!*price) co_return std::unexpected{half::store_error{half::store_error::refused, "it is sold", ""}};
    auto paid = co_await db.execute("update purses set coins = coins - $1 where name = $2", **price, who);
    if (!paid) co_return std::unexpected{paid.error()};
    auto got = co_await db.execute("update purses set coins = coins + $1 where name = 'shop'", **price);
    if (!got) co_return std::unexpected{got.error()};
    auto given = co_await db.execute("update things set owner = $1 where name = $2 and owner = 'shop'", who, what);
    if (!given) co_return std::unexpected{given.error()};
    co_return half::stored<>{};
//@end
