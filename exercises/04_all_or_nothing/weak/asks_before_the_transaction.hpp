//@todo 1
    auto price = co_await db.query_one<int>("select price from things where name = $1 and owner = 'shop'", what);
    if (!price) co_return std::unexpected{price.error()};
    if (!*price) co_return std::unexpected{half::store_error{half::store_error::refused, "it is sold", ""}};
    co_return co_await db.transact([=](half::transaction& t) {
        t.execute("update things set owner = $1 where name = $2", who, what);
        t.execute("update purses set coins = coins - $1 where name = $2", **price, who);
        t.execute("update purses set coins = coins + $1 where name = 'shop'", **price);
    });
//@end
