%% A pet: a name, four numbers, an alive flag; on request a tick every 5 s.
-module(pet).
-behaviour(gen_server).
-export([start/2, start_link/1, start_link/2, init/1, handle_call/3, handle_cast/2, handle_info/2]).
-record(pet, {name, hunger = 50, happy = 50, energy = 50, age = 0, alive = true, due = 0, lateness}).

%% Unsupervised: returns when init has acknowledged.
start(Name, Lateness) -> gen_server:start(?MODULE, {Name, Lateness}, []).

%% A supervisor's child; where somebody watches, its init tells them.
start_link(Name) -> gen_server:start_link(?MODULE, {Name, none}, []).
start_link(Watcher, Name) -> gen_server:start_link(?MODULE, {Name, none, Watcher}, []).

init({Name, Lateness, Watcher}) -> Watcher ! {born, self()}, init({Name, Lateness});
init({Name, Lateness}) -> {ok, #pet{name = Name, lateness = Lateness}}.

handle_call(get, _From, S) -> {reply, S#pet.age, S}.
handle_cast(_, S) -> {noreply, S}.

handle_info({arm, Phase}, S) -> {noreply, arm(Phase, S)};
handle_info(tick, S = #pet{hunger = Hunger, happy = Happy, energy = Energy, age = Age}) ->
    lateness:add(S#pet.lateness, now_us() - S#pet.due),
    After = S#pet{hunger = min(100, Hunger + 1),
                  happy = max(0, Happy - 1),
                  energy = max(0, Energy - (Age band 1)),
                  age = Age + 1},
    tell_viewers(ets:lookup(viewers, S#pet.name), After),
    {noreply, arm(5000, After)};
handle_info(_, S) -> {noreply, S}.

arm(Ms, S) ->
    erlang:send_after(Ms, self(), tick),
    S#pet{due = now_us() + Ms * 1000}.

tell_viewers([], _) -> ok;
tell_viewers(Viewers, #pet{name = Name, hunger = Hunger, happy = Happy, energy = Energy, age = Age}) ->
    Seen = {pet, Name, Hunger, Happy, Energy, Age},
    lists:foreach(fun({_, Viewer}) -> Viewer ! Seen end, Viewers).

now_us() -> erlang:monotonic_time(microsecond).
