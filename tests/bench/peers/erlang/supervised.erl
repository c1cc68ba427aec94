%% Pets under a supervisor: how fast they start, how soon one that was killed is back, and ten thousand of them.
-module(supervised).
-behaviour(supervisor).
-export([run/2, init/1]).
-import(measure, [report/3, percentiles/2, us/0, ns/0, cpu_ms/0, resident_bytes/0, scaled/1, name/1]).

%% No number of restarts is too many here; OTP keeps a list of those of the last second all the same.
init(FirstArguments) ->
    {ok, {#{strategy => simple_one_for_one, intensity => 10000000, period => 1},
          [#{id => pet, start => {pet, start_link, FirstArguments}, restart => permanent}]}}.

run(spawn, N) ->
    {ok, Pets} = supervisor:start_link(?MODULE, []),
    Before = resident_bytes(), Cpu = cpu_ms(), Start = us(),
    Started = [started(Pets, I) || I <- lists:seq(1, N)],
    Took = us() - Start, Busy = cpu_ms() - Cpu,
    report("spawn", Took / 1000, "ms"),
    report("spawn_cpu", Busy * 1.0e6 / N, "ns"),
    report("spawn_memory", (resident_bytes() - Before) / length(Started), "B");
run(restart, _) ->
    {ok, Pets} = supervisor:start_link(?MODULE, [self()]),
    started(Pets, 1), First = born(),
    {Warm, _} = restarts(First, scaled(200), []),
    {_, Took} = restarts(Warm, scaled(5000), []),
    percentiles("restart", Took);
run(storm, _) ->
    N = scaled(10000),
    {ok, Pets} = supervisor:start_link(?MODULE, [self()]),
    Before = [begin started(Pets, I), born() end || I <- lists:seq(1, N)],
    Cpu = cpu_ms(), Start = us(),
    [exit(P, kill) || P <- Before],
    After = [born() || _ <- Before],
    [gen_server:call(P, get, infinity) || P <- After],
    report("storm", (us() - Start) / 1000, "ms"),
    report("storm_cpu", (cpu_ms() - Cpu) * 1.0e6 / N, "ns").

started(Pets, I) -> {ok, P} = supervisor:start_child(Pets, [name(I)]), P.

%% A replacement says so in its init.
born() -> receive {born, P} -> P end.

restarts(Pet, 0, Took) -> {Pet, Took};
restarts(Pet, Left, Took) ->
    Killed = ns(),
    exit(Pet, kill),
    Replacement = born(),
    gen_server:call(Replacement, get),
    restarts(Replacement, Left - 1, [ns() - Killed | Took]).
