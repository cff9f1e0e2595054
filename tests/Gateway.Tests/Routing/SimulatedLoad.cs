using Gateway.Routing;
using Gateway.Turns;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Routing;

/// <summary>
/// Turns against two deployments whose first token is log-normally late, of which some attempts stall and some answer 429, in simulated time:
/// the next attempt at once on a 429, a hedge when the delay has passed and the budget allows, four attempts at most.
/// </summary>
internal sealed class SimulatedLoad(int seed)
{
    private const int MostAttempts = 4;
    private const double TurnsPerSecond = 5;
    private const int PromptBytes = TestDeployments.PromptBytes;

    private readonly Random _random = new(seed);
    private readonly FakeTimeProvider _time = new();
    private readonly PriorityQueue<Action, (double At, int Number)> _events = new();
    private readonly List<double> _firstTokens = [];
    private double _now;
    private int _scheduled;

    public double MedianMs { get; init; } = 350;

    public double Stalls { get; init; } = 0.05;

    public double Refusals { get; init; } = 0.05;

    public int HedgePercent { get; init; } = 10;

    /// <summary>Where one of the two takes calls and says nothing, in milliseconds from the start.</summary>
    public (double From, double Until) Silence { get; init; }

    /// <summary>Attempts in all.</summary>
    public int Attempts { get; private set; }

    public int Turns => _firstTokens.Count;

    public double ExtraCalls => (double)(Attempts - Turns) / Turns;

    /// <summary>The part of the turns whose first token came in time; a turn without one came never.</summary>
    public double Within(double milliseconds) => (double)_firstTokens.Count(time => time <= milliseconds) / Turns;

    public double Percentile(double rank) => _firstTokens[(int)(rank * (Turns - 1))];

    public SimulatedLoad Run(int turns)
    {
        var route = new Route("m", [new(_time.Deployment("a")), new(_time.Deployment("b"))], HedgePercent);
        var arrival = 0.0;
        for (var i = 0; i < turns; i++)
        {
            At(arrival, () => new SimulatedTurn(this, route, $"conv_{_random.Next(500)}").Begin());
            arrival -= Math.Log(1 - _random.NextDouble()) * 1000 / TurnsPerSecond;
        }

        while (_events.TryDequeue(out var happen, out var due))
        {
            _time.Advance(TimeSpan.FromMilliseconds(Math.Max(0, due.At - _now)));
            _now = Math.Max(_now, due.At);
            happen();
        }

        _firstTokens.Sort();
        return this;
    }

    private void At(double time, Action happen) => _events.Enqueue(happen, (time, _scheduled++));

    private double LogNormal()
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
        return MedianMs * Math.Exp(0.4 * normal);
    }

    private sealed class SimulatedTurn(SimulatedLoad load, Route route, string conversation)
    {
        private readonly double _begun = load._now;
        private readonly List<(Deployment Deployment, double Begun)> _running = [];
        private DeploymentChoice _choice = new(route, conversation, PromptBytes);
        private int _attempts;
        private bool _ended;

        public void Begin()
        {
            Attempt();
            AwaitHedge();
        }

        private void AwaitHedge() => load.At(load._now + _choice.HedgeDelay.TotalMilliseconds, () =>
        {
            if (_ended || _attempts == MostAttempts) return;
            if (_choice.MayHedge()) Attempt();
            AwaitHedge();
        });

        private void Attempt()
        {
            _attempts++;
            load.Attempts++;
            var attempt = (Deployment: _choice.Next(), Begun: load._now);
            _running.Add(attempt);
            var fate = load._random.NextDouble();
            var isSilent = attempt.Deployment.Name == "a" && load._now >= load.Silence.From && load._now < load.Silence.Until;
            if (fate < load.Refusals && !isSilent) load.At(load._now + 40, () => Refused(attempt));
            else load.At(load._now + (isSilent || fate < load.Refusals + load.Stalls ? 5000 : load.LogNormal()), () => Token(attempt));
        }

        private void Refused((Deployment Deployment, double Begun) attempt)
        {
            if (!_running.Remove(attempt)) return;
            attempt.Deployment.Health.Failed(AttemptOutcome.RateLimited, 429, TimeSpan.FromMilliseconds(50));
            if (_attempts < MostAttempts) Attempt();
            else if (_running.Count == 0) End(double.PositiveInfinity);
        }

        private void Token((Deployment Deployment, double Begun) attempt)
        {
            if (_ended) return;
            _running.Remove(attempt);
            attempt.Deployment.Health.Succeeded(TimeSpan.FromMilliseconds(load._now - attempt.Begun), PromptBytes);
            foreach (var (deployment, begun) in _running) deployment.Health.Cancelled(TimeSpan.FromMilliseconds(load._now - begun), PromptBytes);
            _running.Clear();
            End(load._now - _begun);
        }

        private void End(double firstToken)
        {
            _ended = true;
            load._firstTokens.Add(firstToken);
        }
    }
}
