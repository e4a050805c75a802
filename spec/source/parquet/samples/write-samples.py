"""Writes the samples beside this file, as pyarrow 23 writes them: pip install pyarrow"""
import pyarrow as pa, pyarrow.parquet as pq, decimal, datetime as dt
D=decimal.Decimal
t=pa.table({
 'id': pa.array([1,2**53+1,None],pa.int64()),
 'u': pa.array([0,2**64-1,None],pa.uint64()),
 'price': pa.array([D('12.30'),D('-0.05'),None],pa.decimal128(9,2)),
 'big': pa.array([D('123456789012345678901234567.8901'),D('-1.0000'),None],pa.decimal128(38,4)),
 'utc': pa.array([dt.datetime(2024,2,29,12,34,56,789123,dt.timezone.utc)]*2+[None],pa.timestamp('us',tz='UTC')),
 'local': pa.array([1709210096789123456,-1,None],pa.timestamp('ns')),
 'day': pa.array([dt.date(2024,2,29),dt.date(1815,12,10),None]),
 'time': pa.array([dt.time(12,34,56,500000),dt.time(0,0),None],pa.time64('us')),
 'f': pa.array([0.1,1e30,None],pa.float32()),
 'kind': pa.array(['a','b',None]).dictionary_encode(),
 'list': pa.array([[D('1.10')],[],None],pa.list_(pa.decimal128(5,2))),
 'map': pa.array([[('k',1)],[],None],pa.map_(pa.string(),pa.int32())),
 'who': pa.array([{'name':'Ada','at':dt.datetime(2024,1,1)},{'name':None,'at':None},None],pa.struct([('name',pa.string()),('at',pa.timestamp('ms'))])),
 'bytes': pa.array([b'\xff\xfe',b'text',None]),
})
for c in ['zstd','snappy','gzip','brotli','lz4']:
    pq.write_table(t,f'{c}.parquet',compression=c)
pq.write_table(t.select(['id','local']),'int96.parquet',use_deprecated_int96_timestamps=True,version='1.0')
