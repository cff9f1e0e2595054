namespace Gateway.Routing;

/// <summary>
/// How long recent attempts took to their first meaningful token: a histogram that forgets. An attempt that was given up while it had none
/// is known to be longer only, and counts so (Kaplan and Meier's estimate): leaving it out would make a deployment whose slow attempts are
/// given up look fast, and taking its time for a whole one would make every stall as short as the wait for it. Not safe for threads.
/// </summary>
internal sealed class FirstTokenTimes(TimeProvider time)
{
    /// <summary>
    /// What comes later than this is no slow answer but a stall, as far as hedging goes: twice the longest delay, and a border of bins.
    /// </summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromMilliseconds(UpperEdge(HorizonBin));

    // 32 ms and less, then four to an octave, up to 19 s: a fifth is about what one can say of a time that varies by the half.
    private const int Bins = 38;
    private const int BinsPerOctave = 4;
    private const double FirstEdge = 32;
    private const int HorizonBin = 24;

    // Attempts that the estimate remembers: some minutes of one line, half a minute of a busy instance. With fewer, p95 jumps.
    private const double Memory = 200;

    // Fewer attempts say nothing of their slowest twentieth.
    private const double Fewest = 16;

    // What was seen some minutes ago says little of now, also where nothing has come since.
    private static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(2);

    private readonly double[] _came = new double[Bins];
    private readonly double[] _left = new double[Bins];
    private long _lastAt = time.GetTimestamp();
    private double _weight;
    private TimeSpan _typical;
    private TimeSpan _slow;

    /// <summary>Whether enough came lately to say something.</summary>
    public bool IsKnown => _weight >= Fewest && time.GetElapsedTime(_lastAt) < HalfLife;

    /// <summary>The median; very long where most attempts were given up.</summary>
    public TimeSpan Typical => _typical;

    /// <summary>
    /// The 95th percentile of those attempts that come at all: stalls have no time that one could wait for, and a twentieth of them would
    /// stretch it without end. It is rounded up by two standard errors, because a hedge too early costs a call, and one too late some milliseconds.
    /// </summary>
    public TimeSpan Slow => _slow;

    /// <summary>A first token came.</summary>
    public void Came(TimeSpan after) => Add(_came, after);

    /// <summary>An attempt was given up, and had none.</summary>
    public void Left(TimeSpan after) => Add(_left, after);

    private void Add(double[] bins, TimeSpan after)
    {
        Forget();
        bins[Bin(after.TotalMilliseconds)]++;
        _weight++;
        Estimate();
    }

    private void Forget()
    {
        var now = time.GetTimestamp();
        var kept = (1 - 1 / Memory) * double.Exp2(-(time.GetElapsedTime(_lastAt, now) / HalfLife));
        _lastAt = now;
        _weight *= kept;
        for (var bin = 0; bin < Bins; bin++)
        {
            _came[bin] *= kept;
            _left[bin] *= kept;
        }
    }

    private void Estimate()
    {
        Span<double> share = stackalloc double[Bins];
        double waiting = 1, atRisk = _weight;
        for (var bin = 0; bin < Bins; bin++)
        {
            if (_came[bin] > 0) waiting *= Math.Max(0, 1 - _came[bin] / atRisk);
            atRisk -= _came[bin] + _left[bin];
            share[bin] = 1 - waiting;
        }

        _typical = Quantile(share, 0.5);
        var coming = share[HorizonBin];
        var rank = Math.Min(0.99, 0.95 + 2 * Math.Sqrt(0.95 * 0.05 / _weight));
        _slow = coming < 0.5 ? Horizon : Quantile(share, rank * coming);
    }

    private static TimeSpan Quantile(ReadOnlySpan<double> share, double of)
    {
        var bin = 0;
        while (bin < Bins - 1 && share[bin] < of) bin++;
        var (below, lower) = bin == 0 ? (0, 0) : (share[bin - 1], UpperEdge(bin - 1));
        var part = share[bin] > below ? Math.Min(1, (of - below) / (share[bin] - below)) : 1;
        return TimeSpan.FromMilliseconds(lower + part * (UpperEdge(bin) - lower));
    }

    private static int Bin(double milliseconds) =>
        milliseconds <= FirstEdge ? 0 : Math.Min(Bins - 1, (int)Math.Ceiling(BinsPerOctave * Math.Log2(milliseconds / FirstEdge)));

    private static double UpperEdge(int bin) => FirstEdge * double.Exp2((double)bin / BinsPerOctave);
}
