//@todo 1
    co_return co_await db.transact([=](half::transaction& t) {
        const auto price = t.query_one<int>("select price from things where name = $1 and owner = 'shop'", what);
        if (!price) return;
        t.execute("update things set owner = $1 where name = $2", who, what);
        t.execute("update purses set coins = coins - $1 where name = $2", *price, who);
        t.execute("update purses set coins = coins + $1 where name = 'shop'", *price);
    });
//@end
