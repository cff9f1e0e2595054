namespace Gateway.Routing;

/// <summary>
/// How many second calls the turns of a model may start beside a first: a token bucket into which each turn puts its share. Where an
/// upstream is slow for everybody, hedging without end would double its load.
/// </summary>
internal sealed class HedgeBudget(int percentOfTurns)
{
    // A turn puts in hundredths, so that whole numbers do.
    private const int Hedge = 100;

    // What 200 turns save, 20 hedges by default: stalls come in bursts, and a bucket for a few of them is empty by chance now and then.
    private readonly int _most = percentOfTurns * 200;
    private int _saved = percentOfTurns * 200;

    public void OnTurn()
    {
        int saved, sum;
        do
        {
            saved = Volatile.Read(ref _saved);
            sum = Math.Min(saved + percentOfTurns, _most);
        }
        while (sum != saved && Interlocked.CompareExchange(ref _saved, sum, saved) != saved);
    }

    public bool TryTake()
    {
        int saved;
        do
        {
            saved = Volatile.Read(ref _saved);
            if (saved < Hedge) return false;
        }
        while (Interlocked.CompareExchange(ref _saved, saved - Hedge, saved) != saved);
        return true;
    }
}
