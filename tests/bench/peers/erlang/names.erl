%% Names: a table of 120,000, and one topic with many subscribers.
-module(names).
-export([run/1]).
-import(measure, [rate/4, in_parallel/2, scaled/1, name/1]).

%% As Elixir's Registry keeps them, without its sugar: an ETS table that many may read at once.
run(registry) ->
    Table = ets:new(names, [set, public, {read_concurrency, true}]),
    [ets:insert(Table, {name(I), self()}) || I <- lists:seq(1, 120000)],
    Wanted = list_to_tuple([name(rand:uniform(120000)) || _ <- lists:seq(1, 65536)]),
    persistent_term:put(wanted, Wanted),
    N = scaled(1000000),
    lookups(Table, N),
    rate("lookup_1t", N, "lookup", fun() -> lookups(Table, N) end),
    rate("lookup_2t", 2 * N, "lookup", fun() -> in_parallel(2, fun(_) -> lookups(Table, N) end) end);
run(pubsub) ->
    {ok, _} = pg:start_link(),
    fan_out("fan_out_1k", 1000, scaled(500)),
    fan_out("fan_out_10k", 10000, scaled(50)),
    fan_out("fan_out_100k", 100000, scaled(5)).

lookups(Table, N) -> lookups(Table, persistent_term:get(wanted), N).

lookups(_, _, 0) -> ok;
lookups(Table, Wanted, Left) ->
    [{_, Pid}] = ets:lookup(Table, element(Left band 65535 + 1, Wanted)),
    true = is_pid(Pid),
    lookups(Table, Wanted, Left - 1).

%% That many subscribers, each told so many times; it is over when the last one has heard the last word.
fan_out(Name, Subscribers, Times) ->
    Heard = atomics:new(1, []), Me = self(),
    Ps = [spawn(fun() -> subscriber(Times, Heard, Subscribers, Me) end) || _ <- lists:seq(1, Subscribers)],
    pg:join(Name, Ps),
    rate(Name, Subscribers * Times, "message", fun() -> publish(Name, Times), receive all_heard -> ok end end),
    [exit(P, kill) || P <- Ps].

publish(_, 0) -> ok;
publish(Topic, Times) ->
    Seen = {pet, <<"pet-10000001">>, 50, 50, 50, 1},
    [P ! Seen || P <- pg:get_members(Topic)],
    publish(Topic, Times - 1).

subscriber(1, Heard, Subscribers, Asker) ->
    receive {pet, _, _, _, _, _} -> ok end,
    case atomics:add_get(Heard, 1, 1) of
        Subscribers -> Asker ! all_heard;
        _ -> ok
    end;
subscriber(Left, Heard, Subscribers, Asker) ->
    receive {pet, _, _, _, _, _} -> subscriber(Left - 1, Heard, Subscribers, Asker) end.
