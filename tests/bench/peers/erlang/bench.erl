%% erl -noshell -run bench main call|cast|ring|spawn|tick|fair|restart|storm|registry|pubsub [servers [supervised]]
-module(bench).
-export([main/1]).
-import(measure, [rate/4, report/3, percentiles/2, in_parallel/2]).
-import(measure, [us/0, ns/0, cpu_ms/0, resident_bytes/0, divisor/0, scaled/1, name/1]).

main([Workload | Arguments]) ->
    logger:set_primary_config(level, none),
    io:format("# Erlang/OTP ~s, ~s~n", [erlang:system_info(otp_release), erlang:system_info(emu_flavor)]),
    Run = fun() -> run(list_to_atom(Workload), [argument(A) || A <- Arguments]) end,
    {Pid, Ref} = spawn_monitor(Run),
    receive
        {'DOWN', Ref, process, Pid, normal} -> halt(0);
        {'DOWN', Ref, process, Pid, Reason} -> io:format(standard_error, "~p~n", [Reason]), halt(1)
    end.

argument("supervised") -> supervised;
argument(Servers) -> scaled(list_to_integer(Servers)).

run(call, _) ->
    {ok, S} = counter:start(),
    Warm = scaled(20000), calls(S, Warm),
    N = scaled(500000),
    rate("call_1x1", N, "call", fun() -> calls(S, N) end),
    Servers = servers(64), Each = scaled(10000),
    rate("call_64x64", 64 * Each, "call",
         fun() -> in_parallel(64, fun(I) -> calls(element(I, Servers), Each) end) end);
run(cast, _) ->
    {ok, One} = counter:start(),
    Warm = scaled(20000), casts_and_get(One, Warm),
    N = scaled(1000000),
    rate("cast_1x1", N, "cast", fun() -> casts_and_get(One, N) end),
    {ok, Crowded} = counter:start(),
    Each = scaled(250000),
    rate("cast_8x1", 8 * Each, "cast", fun() -> in_parallel(8, fun(_) -> casts_and_get(Crowded, Each) end) end),
    Servers = servers(8),
    rate("cast_8x8", 8 * Each, "cast",
         fun() -> in_parallel(8, fun(I) -> casts_and_get(element(I, Servers), Each) end) end);
run(ring, _) ->
    Servers = servers(1000), Hops = scaled(1000000), Me = self(),
    [gen_server:cast(element(I, Servers), {next, element(I rem 1000 + 1, Servers)}) || I <- lists:seq(1, 1000)],
    rate("ring", Hops, "hop",
         fun() -> gen_server:cast(element(1, Servers), {hop, Hops, Me}), receive done -> ok end end);
run(spawn, [N]) ->
    Before = resident_bytes(), Cpu = cpu_ms(), Start = us(),
    Pets = [started(I, none) || I <- lists:seq(1, N)],
    Took = us() - Start, Busy = cpu_ms() - Cpu,
    report("spawn", Took / 1000, "ms"),
    report("spawn_cpu", Busy * 1.0e6 / N, "ns"),
    report("spawn_memory", (resident_bytes() - Before) / length(Pets), "B");
run(spawn, [N, supervised]) -> supervised:run(spawn, N);
run(tick, [N]) ->
    ets:new(viewers, [duplicate_bag, public, named_table, {read_concurrency, true}]),
    [ets:insert(viewers, {name(I), spawn(fun ignore/0)}) || I <- lists:seq(100, N, 100)],
    Lateness = lateness:new(),
    Pets = [started(I, Lateness) || I <- lists:seq(1, N)],
    [P ! {arm, rand:uniform(5000)} || P <- Pets],
    %% A million first ticks come in for five seconds: let them pass.
    timer:sleep(case N > 500000 of true -> 6000; false -> 1000 end),
    Length = case divisor() of 1 -> 5000; _ -> 1000 end,
    lateness:reset(Lateness), Cpu = cpu_ms(),
    timer:sleep(Length),
    Busy = cpu_ms() - Cpu,
    report("tick_cpu", Busy * 5000 / Length, "ms"),
    report("tick_late_p50", lateness:percentile(Lateness, 0.5), "ms"),
    report("tick_late_p99", lateness:percentile(Lateness, 0.99), "ms"),
    report("tick_count", lateness:total(Lateness) * 5000 / Length, "ticks"),
    report("tick_memory", resident_bytes() / 1048576, "MiB");
run(fair, _) ->
    [spawn(fun() -> flood(Victim) end) || Victim <- tuple_to_list(servers(8)), _ <- lists:seq(1, 4)],
    {ok, Callee} = counter:start(), Me = self(),
    Pinger = spawn(fun() -> ping(Callee, Me) end),
    Until = us() + case divisor() of 1 -> 1500000; _ -> 300000 end,
    percentiles("fair_ping", pings(Pinger, Until, []));
run(Workload, _) when Workload =:= restart; Workload =:= storm -> supervised:run(Workload, none);
run(Workload, _) when Workload =:= registry; Workload =:= pubsub -> names:run(Workload).

%% -- What the workloads are made of

calls(_, 0) -> ok;
calls(Server, N) -> gen_server:call(Server, get), calls(Server, N - 1).

casts_and_get(Server, 0) -> gen_server:call(Server, get, infinity);
casts_and_get(Server, N) -> gen_server:cast(Server, {add, 1}), casts_and_get(Server, N - 1).

servers(K) -> list_to_tuple([element(2, counter:start()) || _ <- lists:seq(1, K)]).

started(I, Lateness) -> {ok, P} = pet:start(name(I), Lateness), P.

ignore() -> receive _ -> ignore() end.

%% Keeps up to 2,000 messages waiting at one server, together with three others.
flood(Victim) ->
    [gen_server:cast(Victim, work) || _ <- lists:seq(1, 500)],
    gen_server:call(Victim, get, infinity),
    flood(Victim).

%% One process asks another to make the call, and the time runs from the asking: as in the other peers.
ping(Callee, Asker) ->
    receive {ping, Asked} -> gen_server:call(Callee, get, infinity), Asker ! {took, ns() - Asked} end,
    ping(Callee, Asker).

pings(Pinger, Until, Took) ->
    case us() > Until of
        true -> Took;
        false -> timer:sleep(1), Pinger ! {ping, ns()}, receive {took, Ns} -> pings(Pinger, Until, [Ns | Took]) end
    end.
