using System.Buffers;
using Gateway.Requests;
using Gateway.Turns;

namespace Gateway.Joining;

/// <summary>
/// A turn that several requests of the same caller read: the first leads, its handler runs the pump, and the others follow what the pump writes.
/// Each hangs up alone; the upstream is cancelled when nobody is left.
/// </summary>
internal sealed class SharedTurn(JoinableTurns turns, TurnKey key, TurnDeadline leader) : IDisposable
{
    /// <summary>The most that is kept for those who join. A spoken answer has a tenth of it.</summary>
    public const int MaxLogBytes = 256 * 1024;

    // ElevenLabs' re-send was seen to come at once.
    private static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly PooledBuffer _log = new();
    private readonly List<Follower> _followers = [];
    private long _dropped;
    private bool _sealed;
    private bool _leaderLeft;
    private bool _complete;

    public bool HasFollowers
    {
        get { lock (_lock) return _followers.Count > 0; }
    }

    /// <summary>How the turn ended for the pump, whoever was there to hear it.</summary>
    public AttemptOutcome Outcome { get; private set; }

    /// <summary>A place among the readers; null when the turn can be joined no longer.</summary>
    public Follower? TryJoin()
    {
        var follower = new Follower(this);
        lock (_lock)
        {
            if (_sealed || _complete) return null;
            _followers.Add(follower);
            leader.StopLingering();
        }

        // A leader who does not read must not hold the others up.
        leader.AbandonPendingWrite();
        return follower;
    }

    /// <summary>Lets nobody join from here: what follows is not what another turn would be answered.</summary>
    public void Seal()
    {
        lock (_lock) _sealed = true;
        turns.Remove(key, this);
    }

    /// <summary>Adds what was written to what followers read.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Follower[] followers;
        lock (_lock)
        {
            if (_sealed && _followers.Count == 0) return;
            if (_log.Length + bytes.Length > MaxLogBytes) Forget();
            _log.Write(bytes);
            followers = [.. _followers];
        }

        // Not in the lock, because they go on at once and want it. A write that would wait does not make this flow wait.
        foreach (var follower in followers) follower.Wake();
    }

    /// <summary>The turn has ended.</summary>
    public void Complete(AttemptOutcome outcome)
    {
        turns.Remove(key, this);
        Follower[] followers;
        lock (_lock)
        {
            Outcome = outcome;
            _complete = true;
            followers = [.. _followers];
            if (followers.Length == 0) Dispose();
        }

        foreach (var follower in followers) follower.Wake();
    }

    /// <summary>The first caller has hung up. False when the turn is to end with that.</summary>
    public bool GoesOnWithoutLeader()
    {
        lock (_lock)
        {
            if (_complete) return false;
            _leaderLeft = true;
            if (_followers.Count > 0) return true;
            // Nothing was said so far: it may be the hang-up before a re-send.
            if (_sealed || _log.Length > 0) return false;
            leader.Linger(LingerTime);
            return true;
        }
    }

    /// <summary>Copies what a follower has not read yet. False when there will be nothing more for it.</summary>
    public bool Read(Follower follower, IBufferWriter<byte> output)
    {
        lock (_lock)
        {
            if (follower.Position < _dropped) return false;
            var unread = _log.Span[(int)(follower.Position - _dropped)..];
            if (!unread.IsEmpty) output.Write(unread);
            follower.Position += unread.Length;
            return !_complete;
        }
    }

    public void Leave(Follower follower)
    {
        bool nobodyLeft;
        lock (_lock)
        {
            _followers.Remove(follower);
            nobodyLeft = _followers.Count == 0 && _leaderLeft && !_complete;
            if (_followers.Count == 0 && _complete) Dispose();
        }

        if (nobodyLeft) leader.HangUp();
    }

    /// <summary>Nobody reads any more.</summary>
    public void Dispose() => _log.Dispose();

    /// <summary>Drops the log. Followers who have read all of it go on, the slow ones are detached, and nobody joins any more.</summary>
    private void Forget()
    {
        _sealed = true;
        turns.Remove(key, this);
        _dropped += _log.Length;
        _log.Clear();
    }
}
