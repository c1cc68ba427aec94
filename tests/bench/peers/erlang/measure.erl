%% What every program measures with: clocks, memory, one line per result.
-module(measure).
-export([rate/4, report/3, percentiles/2, in_parallel/2]).
-export([us/0, ns/0, cpu_ms/0, resident_bytes/0, divisor/0, scaled/1, name/1]).

rate(Name, N, Unit, F) ->
    Cpu = cpu_ms(), Start = us(),
    F(),
    Took = us() - Start, Busy = cpu_ms() - Cpu,
    report(Name, N * 1.0e6 / Took, Unit ++ "/s"),
    report(Name ++ "_cpu", Busy * 1.0e6 / N, "ns").

report(Name, Value, Unit) -> io:format("~s=~.3f ~s~n", [Name, float(Value), Unit]).

percentiles(Name, Ns) ->
    Sorted = lists:sort(Ns), N = length(Sorted),
    report(Name ++ "_p50", lists:nth(max(1, N div 2), Sorted) / 1000, "us"),
    report(Name ++ "_p99", lists:nth(max(1, N * 99 div 100), Sorted) / 1000, "us").

%% Runs F(I) for I in 1..K, each in a process of its own, released together; returns when all are done.
in_parallel(K, F) ->
    Ps = [spawn_monitor(fun() -> receive go -> F(I) end end) || I <- lists:seq(1, K)],
    [P ! go || {P, _} <- Ps],
    [receive {'DOWN', R, process, _, normal} -> ok end || {_, R} <- Ps],
    ok.

us() -> erlang:monotonic_time(microsecond).
ns() -> erlang:monotonic_time(nanosecond).
cpu_ms() -> element(1, erlang:statistics(runtime)).
resident_bytes() ->
    {ok, Text} = file:read_file("/proc/self/statm"),
    [_, Pages | _] = binary:split(Text, <<" ">>, [global]),
    binary_to_integer(Pages) * 4096.

%% A quick look asks for fewer operations through the environment; the rates keep their meaning.
divisor() -> max(1, list_to_integer(os:getenv("BENCH_DIVIDE", "1"))).
scaled(N) -> max(1, N div divisor()).

%% Twelve letters.
name(I) -> <<"pet-", (integer_to_binary(10000000 + I))/binary>>.
